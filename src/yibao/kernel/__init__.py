"""What every area counts with: money, rates, days, standing, shapes of parameters, findings. Imports nothing of ours."""
